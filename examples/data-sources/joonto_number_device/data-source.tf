data "joonto_number_device" "tracker" {
  phone_number = "+18016025346"
}

output "device" {
  value = data.joonto_number_device.tracker.device_name
}
