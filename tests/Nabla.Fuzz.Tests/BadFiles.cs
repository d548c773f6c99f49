using System.Text;

namespace Nabla.Fuzz.Tests;

/// <summary>Files that lie, of every format: a line each.</summary>
internal static class BadFiles
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<BadFile> All { get; } =
    [
        .. BadWeights.Safetensors, .. BadWeights.Numpy, .. BadTorchFiles.All, .. BadGgufFiles.All, .. BadModels.All, .. BadEventFiles.All, .. BadTexts.All, .. BadPictures.All,
    ];

    /// <summary>A text as bytes.</summary>
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
