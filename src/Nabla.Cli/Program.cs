using Nabla.Cli;
using Nabla.Cli.Commands;

return await NablaCommand.Run(args, Terminal.Standard);
