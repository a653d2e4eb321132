//! `DELETE /api/v2/customer/{id}`: see [`omnidesk::delete_item`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-delete-item", omnidesk::delete_item)
}
