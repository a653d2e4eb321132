//! `GET /api/v2/customer/timelineByCustomerExternalID`: see [`omnidesk::timeline_by_customer_external_id`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-timeline-by-customer-external-id",
        omnidesk::timeline_by_customer_external_id,
    )
}
