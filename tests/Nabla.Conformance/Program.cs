using System.CommandLine;
using Nabla.Conformance.Compare;
using Nabla.Conformance.Golden;
using Nabla.Peers;

LibtorchRuntime.Prepare();
RootCommand root = new("Compares Nabla with libtorch.")
{
    GoldenCommand.Create(),
    CompareCommand.Create(),
};
return root.Parse(args).Invoke();
