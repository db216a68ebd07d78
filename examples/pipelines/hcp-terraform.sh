# Environment variables of the workspace. Mark the secret ones as sensitive:
# JOONTO_ACCOUNT_KEY, JOONTO_ACCOUNT_SECRET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
export JOONTO_PURCHASE_JOURNAL=s3://my-terraform-records/joonto
export AWS_REGION=us-east-1

# What the worker then runs:
terraform init -input=false
terraform plan -input=false -out=tfplan
terraform apply -input=false tfplan
