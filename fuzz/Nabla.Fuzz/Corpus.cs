namespace Nabla.Fuzz;

/// <summary>The files that are known of each format: good ones, and bad ones that once broke something.</summary>
public static class Corpus
{
    /// <summary>The files of a format, in ordinal order.</summary>
    /// <param name="corpus">The folder that has a folder of files a format.</param>
    /// <param name="format">The format.</param>
    public static IReadOnlyList<string> FilesOf(string corpus, FuzzedFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        string folder = Path.Combine(corpus, format.Name);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Reads all files of a corpus; each is read or refused.</summary>
    /// <param name="corpus">The folder.</param>
    /// <param name="output">Where a line a format and a line a failure go.</param>
    /// <returns>Whether every format has files and none did anything unexpected.</returns>
    public static bool Replay(string corpus, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        bool isGood = true;
        foreach (FuzzedFormat format in FuzzedFormats.All)
        {
            (int read, int refused, int failed) = Replay(corpus, format, output);
            output.WriteLine($"{format.Name}: {read} read, {refused} refused, {failed} failed");
            isGood &= failed == 0 && read + refused > 0;
        }

        return isGood;
    }

    private static (int Read, int Refused, int Failed) Replay(string corpus, FuzzedFormat format, TextWriter output)
    {
        (int read, int refused, int failed) = (0, 0, 0);
        using FuzzedFolder folder = new(format, corpus);
        foreach (string file in FilesOf(corpus, format))
        {
            try
            {
                _ = folder.Read(File.ReadAllBytes(file)) is null ? read++ : refused++;
            }
            catch (UnexpectedOutcomeException error)
            {
                failed++;
                output.WriteLine($"{file}: {error.Message}");
            }
        }

        return (read, refused, failed);
    }
}
