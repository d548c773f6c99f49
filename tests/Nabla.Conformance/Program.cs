using System.CommandLine;
using Nabla.Conformance.Compare;
using Nabla.Conformance.Golden;
using Nabla.Conformance.Onnx;
using Nabla.Peers;

LibtorchRuntime.Prepare();
RootCommand root = new("Compares Nabla with others: libtorch, and the official ONNX test cases.")
{
    GoldenCommand.Create(),
    CompareCommand.Create(),
    OnnxCommand.Create(),
};
return root.Parse(args).Invoke();
