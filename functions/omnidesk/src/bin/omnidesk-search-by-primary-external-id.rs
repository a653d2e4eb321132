//! `POST /api/v2/customer/SearchByPrimaryExternalID`: see [`omnidesk::search_by_primary_external_id`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-search-by-primary-external-id",
        omnidesk::search_by_primary_external_id,
    )
}
