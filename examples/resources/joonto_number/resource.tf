resource "joonto_number" "tracker" {
  number_type      = "iot"
  message_type     = "p2p"
  message_enabled  = true
  voice_enabled    = false
  data_enabled     = true
  message_route_id = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a"
  voice_route_id   = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145"
  area_code        = "201"
  zip_code         = "84043"
  iccid            = "8901240397190195850"
}

output "phone_number" {
  value = joonto_number.tracker.phone_number_assigned
}

# Shown by `terraform output -raw qr_code`.
output "qr_code" {
  value     = joonto_number.tracker.qr_code
  sensitive = true
}
