# terraform query -generate-config-out=adopted.tf
list "joonto_number" "trackers" {
  provider = joonto
  limit    = 1000

  config {
    number_type = "iot"
    status      = "Active"
  }
}
