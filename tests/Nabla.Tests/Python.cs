using System.Diagnostics;

namespace Nabla.Tests;

/// <summary>The Python of Debian, whose packages some tests compare with.</summary>
internal static class Python
{
    public const string Path = "/usr/bin/python3";

    /// <summary>Whether it has PyTorch.</summary>
    public static bool HasTorch => File.Exists(Path) && Run("-c", "import torch").Code == 0;

    /// <summary>Runs it, and gives its exit code and all that it wrote.</summary>
    public static (int Code, string Output) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors.Result + output);
    }
}
