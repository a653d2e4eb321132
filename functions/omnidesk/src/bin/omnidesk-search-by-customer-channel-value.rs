//! `POST /api/v2/customer/SearchByCustomerChannelValue`: see [`omnidesk::search_by_customer_channel_value`].

shared::serve!(omnidesk::endpoints::SEARCH_BY_CUSTOMER_CHANNEL_VALUE);
