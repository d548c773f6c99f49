using System.CommandLine;
using Nabla.Conformance.Onnx;
#if PEERS
using Nabla.Conformance.Compare;
using Nabla.Conformance.Export;
using Nabla.Conformance.Golden;
using Nabla.Conformance.Runtime;
using Nabla.Peers;

LibtorchRuntime.Prepare();
#endif
RootCommand root = new("Compares Nabla with others: libtorch, ONNX Runtime, and the official ONNX test cases.")
{
#if PEERS
    GoldenCommand.Create(),
    CompareCommand.Create(),
    ExportCommand.Create(),
    RuntimeCommand.Create(),
#endif
    OnnxCommand.Create(),
};
return root.Parse(args).Invoke();
