//! `DELETE /api/v2/customer/purgeData/{id}`: see [`omnidesk::delete_item_purge_data`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-delete-item-purge-data",
        omnidesk::delete_item_purge_data,
    )
}
