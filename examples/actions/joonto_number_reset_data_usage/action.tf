# Sets the usage to zero, now: terraform apply -invoke=action.joonto_number_reset_data_usage.tracker
action "joonto_number_reset_data_usage" "tracker" {
  config {
    phone_numbers = [joonto_number.tracker.phone_number_assigned]

    # The API asks for the renewal with it, and never returns the present one.
    auto_renew  = true
    period_type = "M"
    renewal_day = 1
  }
}
