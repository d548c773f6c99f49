using System.Runtime.InteropServices;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>Where and with what a table was measured: figures mean nothing without it.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"# {Processor()}, {Environment.ProcessorCount} cores, {InstructionSet.Name}; {RuntimeInformation.OSDescription}; "
        + $"{RuntimeInformation.FrameworkDescription}; TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)} (libtorch {torch.__version__}); "
        + $"ONNX Runtime {typeof(Microsoft.ML.OnnxRuntime.InferenceSession).Assembly.GetName().Version?.ToString(3)}; {MallocSettings.Description}; {DateTime.UtcNow:yyyy-MM-dd}";

    private static string Processor()
    {
        const string Key = "model name";
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
