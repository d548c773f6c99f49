namespace Nabla.Fuzz;

/// <summary>A folder that goes away, with a format's file in it and what belongs beside.</summary>
public sealed class FuzzedFolder : IDisposable
{
    private const string Beside = "beside";
    private readonly FuzzedFormat format;
    private readonly string folder = Directory.CreateTempSubdirectory("nabla-fuzz-").FullName;

    /// <summary>A folder for a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="corpus">The folder that has a folder of seeds a format.</param>
    public FuzzedFolder(FuzzedFormat format, string corpus)
    {
        ArgumentNullException.ThrowIfNull(format);
        this.format = format;
        string beside = Path.Combine(corpus, format.Name, Beside);
        foreach (string file in Directory.Exists(beside) ? Directory.EnumerateFiles(beside) : [])
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    /// <summary>Reads content as a file of the format.</summary>
    /// <exception cref="UnexpectedOutcomeException">Something else came than a result or a documented error, or it took more memory than the file allows.</exception>
    /// <returns>The error; null when the content is good.</returns>
    public Exception? Read(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        string path = Path.Combine(folder, format.FileName);
        File.WriteAllBytes(path, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Outcome(path, content);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated <= format.AllocationLimit(content.Length)
            ? error
            : throw new UnexpectedOutcomeException($"{format.Name}: a file of {content.Length} bytes took {allocated} bytes of memory.", content, error);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Exception? Outcome(string path, byte[] content)
    {
        try
        {
            format.Read(path);
            return null;
        }
        catch (Exception error) when (error is Formats.InvalidFileException || format.Documented.Any(type => type.IsInstanceOfType(error)))
        {
            return error.Message.Contains('\n', StringComparison.Ordinal) && error is Formats.InvalidFileException
                ? throw new UnexpectedOutcomeException($"{format.Name}: an error has more than one line.", content, error)
                : error;
        }
        catch (Exception error)
        {
            throw new UnexpectedOutcomeException($"{format.Name}: {error.GetType().Name} instead of a documented error: {error.Message}", content, error);
        }
    }
}
