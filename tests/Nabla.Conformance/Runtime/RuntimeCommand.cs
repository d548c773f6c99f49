using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
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
        command.SetAction(result => Write(result.GetValue(output)!) ? 0 : 1);
        return command;
    }

    private static bool Write(string path)
    {
        int refused = 0;
        RuntimeCase[] cases = [.. QuantizedCases.All(), .. RecurrentCases.All(), .. WindowCases.All(), .. OlderCases.All()];
        AtomicFile.Write(path, stream =>
        {
            using GZipStream packed = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
            using TarWriter writer = new(packed, TarEntryFormat.Ustar);
            foreach (RuntimeCase item in cases)
            {
                refused += TryWrite(writer, item) ? 0 : 1;
            }
        });
        Console.WriteLine($"{cases.Length} cases of {cases.Select(item => item.Operator).Distinct().Count()} operators, {refused} refused by ONNX Runtime");
        return refused == 0;
    }

    private static bool TryWrite(TarWriter writer, RuntimeCase item)
    {
        try
        {
            Write(writer, item);
            return true;
        }
        catch (OnnxRuntimeException error)
        {
            Console.WriteLine($"{item.Name}: {error.Message}");
            return false;
        }
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
