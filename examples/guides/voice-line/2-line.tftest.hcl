# Buys nothing and calls nothing: the mock stands in for the provider.
mock_provider "joonto" {
  mock_resource "joonto_number" {
    defaults = { phone_number_assigned = "+18016025346" }
  }
}

run "the_line_has_a_route_and_an_address" {
  assert {
    condition     = joonto_number.desk.voice_route_id == joonto_voice_route.office.route_id
    error_message = "The line has another route."
  }

  assert {
    condition     = joonto_number_e911_address.desk.phone_number == joonto_number.desk.phone_number_assigned
    error_message = "The address belongs to another number."
  }
}
