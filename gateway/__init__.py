"""Assembly of the application: settings, database, application factory, command line."""
