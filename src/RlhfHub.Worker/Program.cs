using System.Text;
using RlhfHub.Worker;

// UTF-8 whatever the locale says: what is read are texts and JSON, and what is written goes into files. Bytes that are none are refused, not replaced.
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

return WorkerCommandLine.Run(args, input, Console.Out, Console.Error, showsProgress: !Console.IsErrorRedirected);
