terraform import joonto_voice_route.trunk CRID-4dec6beb-3985-444b-8c06-8baa70dc145
