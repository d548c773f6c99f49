using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using Google.Protobuf;
using Nabla.Formats;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Runtime;

/// <summary>
/// <c>onnx-golden</c>: writes cases of operators, with what ONNX Runtime computes, in the layout of the official ones; the tests of <c>Nabla.Onnx</c> run
/// them without it.
/// </summary>
internal static class RuntimeCommand
{
    private const string Archive = "tests/Nabla.Onnx.Tests/Cases/runtime.tar.gz";

    public static Command Create()
    {
        Option<string> output = new("--out") { Description = "The archive to write.", HelpName = "FILE", DefaultValueFactory = _ => Archive };
        Command command = new("onnx-golden", "Writes cases of ONNX operators with what ONNX Runtime computes.") { output };
        command.SetAction(result => Write(result.GetValue(output)!));
        return command;
    }

    private static void Write(string path)
    {
        RuntimeCase[] cases = [.. QuantizedCases.All(), .. RecurrentCases.All(), .. WindowCases.All(), .. OlderCases.All()];
        AtomicFile.Write(path, stream =>
        {
            using GZipStream packed = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
            using TarWriter writer = new(packed, TarEntryFormat.Ustar);
            foreach (RuntimeCase item in cases)
            {
                Write(writer, item);
            }
        });
        Console.WriteLine($"{cases.Length} cases of {cases.Select(item => item.Operator).Distinct().Count()} operators");
    }

    private static void Write(TarWriter writer, RuntimeCase item)
    {
        ModelProto model = item.ToModel();
        TensorProto[] outputs = RuntimeAnswers.Of(model, item.Given);
        foreach ((ValueInfoProto value, TensorProto output) in model.Graph.Output.Zip(outputs))
        {
            value.Type = RuntimeCase.TypeOf(output);
        }

        string folder = $"runtime/test_{item.Name}";
        Add(writer, $"{folder}/model.onnx", model);
        foreach ((int index, TensorProto input) in item.Given.Index())
        {
            Add(writer, $"{folder}/test_data_set_0/input_{index}.pb", input);
        }

        foreach ((int index, TensorProto output) in outputs.Index())
        {
            Add(writer, $"{folder}/test_data_set_0/output_{index}.pb", output);
        }
    }

    // One time for all entries makes equal cases equal bytes.
    private static void Add(TarWriter writer, string name, IMessage message) => writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(message.ToByteArray()),
        ModificationTime = DateTimeOffset.UnixEpoch,
    });
}
