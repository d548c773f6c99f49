using Nabla.Data;

namespace Nabla.HuggingFace;

/// <summary>Reads <c>preprocessor_config.json</c>: how a picture becomes the input of a network.</summary>
internal static class PretrainedImages
{
    private const string File = "preprocessor_config.json";
    private const int MostPixels = 1 << 14;
    private const float LargestPixel = 255;

    private static readonly float[] UsualMean = [0.5f, 0.5f, 0.5f];

    /// <summary>The rows and columns that the folder says; null when it says nothing.</summary>
    public static int? SizeIn(string folder) => Open(folder) is { } config ? SizeOf(config) : null;

    /// <summary>How a picture becomes an input of a shape; null when the folder does not say it, or inputs are no pictures in colours.</summary>
    public static ImagePreprocessing? Read(string folder, Shape input)
    {
        if (Open(folder) is not { } config || input[2] != UsualMean.Length)
        {
            return null;
        }

        bool normalizes = config.Flag("do_normalize", true);
        double factor = config.Flag("do_rescale", true) ? config.Positive("rescale_factor", 1 / LargestPixel) : 1;
        ImagePreprocessing preprocessing = new()
        {
            Height = input[0],
            Width = input[1],
            Channels = input[2],
            Divisor = (float)(1 / factor),
            Mean = normalizes ? config.Numbers("image_mean") ?? UsualMean : null,
            Deviation = normalizes ? config.Numbers("image_std") ?? UsualMean : null,
            CentreShare = CentreOf(config),
        };
        preprocessing.Validate(config.Path);
        return preprocessing;
    }

    private static PretrainedConfig? Open(string folder)
    {
        string path = Path.Combine(folder, File);
        return System.IO.File.Exists(path) ? PretrainedConfig.Read(path) : null;
    }

    // One number, or an object of rows and columns, or of the shorter side.
    private static int? SizeOf(PretrainedConfig config)
    {
        if (!config.Has("size") || config.IsNumber("size"))
        {
            return config.Has("size") ? config.Integer("size", MostPixels) : null;
        }

        PretrainedConfig size = config.Within("crop_size") ?? config.Within("size")!;
        return size.Has("height") ? size.Integer("height", MostPixels)
            : size.Has("shortest_edge") ? size.Integer("shortest_edge", MostPixels)
            : null;
    }

    // Either a share, or a square in the middle of a picture whose shorter side was made longer than it.
    private static float? CentreOf(PretrainedConfig config)
    {
        if (config.Has("crop_pct"))
        {
            return (float)Math.Min(1, config.Positive("crop_pct"));
        }

        return config.Flag("do_center_crop", false) && config.Within("crop_size") is { } crop && config.Within("size") is { } size
            && crop.Has("height") && size.Has("shortest_edge")
            ? Math.Min(1, (float)crop.Integer("height", MostPixels) / size.Integer("shortest_edge", MostPixels))
            : null;
    }
}
