# Takes the number out of service for the winter: terraform apply -invoke=action.joonto_number_park.support
action "joonto_number_park" "support" {
  config {
    phone_number = joonto_number.support.phone_number_assigned
  }
}
