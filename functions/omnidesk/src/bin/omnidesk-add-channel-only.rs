//! `POST /api/v2/customer/addChannelOnly`: see [`omnidesk::add_channel_only`].

crm_lambda::serve!(omnidesk::endpoints::ADD_CHANNEL_ONLY);
