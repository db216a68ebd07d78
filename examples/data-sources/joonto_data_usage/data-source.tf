data "joonto_data_usage" "tracker" {
  phone_numbers = [joonto_number.tracker.phone_number_assigned]
}

# A warning in every plan, once a number has less than 5 MB left.
check "data_left" {
  assert {
    condition = alltrue([
      for usage in values(data.joonto_data_usage.tracker.usage) : coalesce(usage.remaining_bytes, 0) > 5 * 1024 * 1024
    ])
    error_message = "A number has less than 5 MB left."
  }
}
