//! `DELETE /api/v2/customer/channel/{id}`: see [`omnidesk::delete_item_channel`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-delete-item-channel",
        omnidesk::delete_item_channel,
    )
}
