data "joonto_numbers" "parked" {
  status      = "Parked"
  number_type = "iot"
}

output "parked" {
  value = data.joonto_numbers.parked.phone_numbers
}
