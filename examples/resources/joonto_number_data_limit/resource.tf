resource "joonto_number" "tracker" {
  number_type     = "iot"
  message_type    = "p2p"
  message_enabled = false
  voice_enabled   = false
  data_enabled    = true
}

# Without a limit, the API stops the number at 20 MB.
resource "joonto_number_data_limit" "tracker" {
  phone_number   = joonto_number.tracker.phone_number_assigned
  notify_value   = 400
  throttle_value = 450
  throttle_speed = "1-mbps"
  limit_value    = 500

  renewal {
    auto_renew  = true
    period_type = "M"
    renewal_day = 1
  }
}
