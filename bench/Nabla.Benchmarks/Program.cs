using System.CommandLine;
using Nabla.Benchmarks.Comparing;
using Nabla.Benchmarks.Kernels;
using Nabla.Benchmarks.Processes;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.Scaling;
using Nabla.Benchmarks.Serving;
using Nabla.Benchmarks.SideBySide;
using Nabla.Peers;

if (args is [LibtorchSteps.Argument])
{
    LibtorchSteps.Run();
    return 0;
}

if (args is [OnnxServer.Argument, var model, var port])
{
    OnnxServer.Run(model, port);
    return 0;
}

MallocSettings.Ensure(args);
LibtorchRuntime.Prepare();
RootCommand root = new("Measures how fast Nabla is, alone and beside its peers.")
{
    SideBySideCommand.Create(),
    ImportedCommand.Create(),
    KernelsCommand.Create(),
    CompareCommand.Create(),
    ScalingCommand.Create(),
    ServingCommand.Create(),
    ReportCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
