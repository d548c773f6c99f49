using System.CommandLine;
using Nabla.Benchmarks.Kernels;
using Nabla.Benchmarks.SideBySide;
using Nabla.Peers;

MallocSettings.Ensure(args);
LibtorchRuntime.Prepare();
RootCommand root = new("Measures how fast Nabla is, alone and beside its peers.")
{
    SideBySideCommand.Create(),
    KernelsCommand.Create(),
};
return root.Parse(args).Invoke();
