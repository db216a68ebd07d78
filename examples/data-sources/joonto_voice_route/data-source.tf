data "joonto_voice_route" "trunk" {
  route_id = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145"
}

output "trunk_ip" {
  value = data.joonto_voice_route.trunk.trunk_ip1
}
