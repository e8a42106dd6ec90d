using RlhfHub.Worker;

return WorkerCommandLine.Run(args, Console.In, Console.Out, Console.Error);
