using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Nabla.Serving.Tests.Clients;

/// <summary>Programs of others that ask the server.</summary>
internal static class ClientProgram
{
    /// <summary>Runs a program to its end; the test is skipped where there is none of that name.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no program '{program}'.");
            throw;
        }
    }

    /// <summary>Asks with curl.</summary>
    /// <returns>The status, the time to wait before asking again, and the body.</returns>
    public static async Task<(int Status, string? RetryAfter, string Body)> Curl(string url, params string[] arguments)
    {
        (int exitCode, string output) = await Run("curl", ["-s", "-i", "-H", "Expect:", "--max-time", "20", .. arguments, url]);
        Assert.True(exitCode == 0, $"curl {url}: {exitCode} {output}");
        string[] parts = output.Split("\r\n\r\n", 2);
        string[] head = parts[0].Split("\r\n");
        const string Retry = "Retry-After: ";
        string? wait = head.FirstOrDefault(line => line.StartsWith(Retry, StringComparison.OrdinalIgnoreCase))?[Retry.Length..];
        return (int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), wait, parts[1]);
    }
}
