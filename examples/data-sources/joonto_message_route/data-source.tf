data "joonto_message_route" "inbound" {
  route_id = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a"
}

output "message_url" {
  value = data.joonto_message_route.inbound.message_url
}
