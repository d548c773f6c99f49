using System.Globalization;
using Nabla.Formats;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>Reads data of tensors that lies in files beside a model, and in no other place.</summary>
internal static class ExternalData
{
    /// <exception cref="InvalidFileException">The data is not there, or the message points out of the model's folder.</exception>
    public static byte[] Read(TensorProto proto, string file, string? folder)
    {
        Dictionary<string, string> entries = proto.ExternalData.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        string location = entries.GetValueOrDefault("location", "");
        string path = Locate(location, file, proto.Name, folder);
        using FileStream stream = File.OpenRead(path);
        long offset = Number(entries, "offset", 0, file, proto.Name);
        long length = Number(entries, "length", stream.Length - offset, file, proto.Name);
        if (offset > stream.Length || length < 0 || length > stream.Length - offset || length > Array.MaxLength)
        {
            throw Error(file, proto.Name, $"expected {length} bytes from byte {offset} of '{location}', which has {stream.Length}");
        }

        byte[] bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string Locate(string location, string file, string tensor, string? folder)
    {
        if (folder is null)
        {
            throw Error(file, tensor, "expected its data in the model, got a file beside it");
        }

        bool leaves = location.Length == 0 || Path.IsPathRooted(location) || location.Contains(':') || location.Split('/', '\\').Contains("..");
        string path = leaves ? "" : Path.Combine(folder, location);
        if (leaves || !IsPlainFile(path, folder))
        {
            throw Error(file, tensor, $"expected a file in the model's folder, got '{location}'");
        }

        return path;
    }

    // Links may lead anywhere.
    private static bool IsPlainFile(string path, string folder)
    {
        for (FileSystemInfo? part = new FileInfo(path); part is not null && part.FullName.Length > Path.GetFullPath(folder).Length;
            part = part is FileInfo item ? item.Directory : ((DirectoryInfo)part).Parent)
        {
            if (!part.Exists || part.LinkTarget is not null)
            {
                return false;
            }
        }

        return true;
    }

    private static long Number(Dictionary<string, string> entries, string name, long otherwise, string file, string tensor) =>
        !entries.TryGetValue(name, out string? text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw Error(file, tensor, $"expected a number as '{name}' of its data, got '{text}'");

    private static InvalidFileException Error(string file, string tensor, string problem) => new(file, FilePosition.None, $"tensor '{tensor}': {problem}");
}
