//! `POST /api/v2/customer/SearchByCustomerChannelValue`: see [`omnidesk::search_by_customer_channel_value`].

crm_lambda::serve!(omnidesk::endpoints::SEARCH_BY_CUSTOMER_CHANNEL_VALUE);
