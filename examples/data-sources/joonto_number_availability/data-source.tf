data "joonto_number_availability" "utah" {
  message_type    = "a2p"
  message_enabled = true
  voice_enabled   = false
  area_code       = "801"
}

# Warns before a purchase in an area without numbers.
check "numbers_in_stock" {
  assert {
    condition     = data.joonto_number_availability.utah.available
    error_message = "No numbers are on offer in area 801."
  }
}
