grant usage on schema app_public to mentor_lifecycle_visitor;
