namespace Nabla.Serving.Security;

/// <summary>What a file is like from outside; another stamp means that it is to be read again.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct FileStamp(DateTime Time, long Size)
{
    /// <summary>The stamp of a file; that of none where there is no file.</summary>
    public static FileStamp Of(string file)
    {
        // Kubernetes replaces what a link leads to, and not the link.
        FileInfo info = new(file);
        info = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return info.Exists ? new FileStamp(info.LastWriteTimeUtc, info.Length) : default;
    }
}
