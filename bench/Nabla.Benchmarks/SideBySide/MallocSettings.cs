using System.Collections;
using System.Runtime.InteropServices;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>
/// Lets libtorch keep the memory that it frees: by its defaults malloc gives large blocks back to the system after each call, which halves libtorch's
/// speed from one start to the next. malloc reads these variables when a process starts, so the program starts itself again with them.
/// Nabla's tensors do not come from malloc.
/// </summary>
internal static partial class MallocSettings
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "17179869184",
        ["MALLOC_TOP_PAD_"] = "268435456",
    };

    /// <summary>The settings in force, for the description of the machine.</summary>
    public static string Description => string.Join(' ', Variables.Keys.Select(name => $"{name}={Environment.GetEnvironmentVariable(name) ?? "unset"}"));

    /// <summary>Replaces this process by one with the settings, if it has none of its own. Does nothing where there is no such malloc.</summary>
    public static void Ensure(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || Variables.Keys.Any(name => Environment.GetEnvironmentVariable(name) is not null))
        {
            return;
        }

        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] command = [program, .. isHost ? [Environment.GetCommandLineArgs()[0]] : Array.Empty<string>(), .. arguments];
        IEnumerable<string> environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")
            .Concat(Variables.Select(variable => $"{variable.Key}={variable.Value}"));
        Execute(program, [.. command, null], [.. environment, null]);
    }

    // The arrays end with null.
    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments, string?[] environment);
}
