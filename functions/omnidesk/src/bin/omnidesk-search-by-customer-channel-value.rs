//! `POST /api/v2/customer/SearchByCustomerChannelValue`: see [`omnidesk::search_by_customer_channel_value`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-search-by-customer-channel-value",
        omnidesk::search_by_customer_channel_value,
    )
}
