using System.CommandLine;
using Nabla.Cli.Commands;

RootCommand root = new("Nabla: deep learning in plain C#.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    InspectCommand.Create(),
};
return await ErrorLine.Guard(() => root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
