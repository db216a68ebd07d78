# Buys nothing and calls nothing: the mock stands in for the provider.
mock_provider "joonto" {
  mock_resource "joonto_number" {
    defaults = { phone_number_assigned = "+18016025346" }
  }
}

run "every_device_has_a_number_and_its_limit" {
  assert {
    condition     = length(joonto_number.device) == length(local.fleet)
    error_message = "A device has no number."
  }

  assert {
    condition     = joonto_number_data_limit.device["truck-7"].limit_value == 2000
    error_message = "The limit is not that of the CSV file."
  }
}
