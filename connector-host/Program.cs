return await ConnectorPlatform.Host.Cli.CommandLine.RunAsync(args);
