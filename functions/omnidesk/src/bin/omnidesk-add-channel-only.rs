//! `POST /api/v2/customer/addChannelOnly`: see [`omnidesk::add_channel_only`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-add-channel-only", omnidesk::add_channel_only)
}
