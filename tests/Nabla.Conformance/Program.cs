using System.CommandLine;
using Nabla.Conformance.Golden;
using Nabla.Peers;

LibtorchRuntime.Prepare();
RootCommand root = new("Compares Nabla with libtorch.")
{
    GoldenCommand.Create(),
};
return root.Parse(args).Invoke();
