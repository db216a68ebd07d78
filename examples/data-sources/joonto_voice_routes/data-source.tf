data "joonto_voice_routes" "all" {}

output "routes_out_of_service" {
  value = [for route in data.joonto_voice_routes.all.routes : route.route_name if route.enabled == false]
}
