//! `GET /api/v1/meta/object/{type}`: see [`khoros::meta::define_object_structures`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        khoros::DIALECT,
        "khoros-define-object-structures",
        khoros::meta::define_object_structures,
    )
}
