using Nabla.Peers;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>Pooling of images and sequences; padding is not counted in means.</summary>
internal static class PoolingGolden
{
    public static void Record(GoldenRecorder file)
    {
        Images(file, "max 2", x => functional.max_pool2d(x, 2));
        Images(file, "max 3 stride 2 padding 1", x => functional.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1]));
        Images(file, "max 3x2 stride 1", x => functional.max_pool2d(x, [3, 2], [1, 1], [0, 0], [1, 1]));
        Images(file, "average 2", x => functional.avg_pool2d(x, 2));
        Images(file, "average 3 stride 2 padding 1", x => functional.avg_pool2d(x, [3, 3], [2, 2], [1, 1], count_include_pad: false));
        Images(file, "global average", x => x.mean([2, 3]), pooled: true);
        Images(file, "global max", x => x.amax([2, 3]), pooled: true);
        file.Record("1-D max 3 stride 2", [GoldenRecorder.Normal(2, 8, 3)], x => functional.max_pool1d(x[0].ChannelsFirst(), 3, 2).ChannelsLast());
        file.Record("1-D average 2", [GoldenRecorder.Normal(2, 7, 3)], x => functional.avg_pool1d(x[0].ChannelsFirst(), 2).ChannelsLast());
    }

    private static void Images(GoldenRecorder file, string name, Func<torch.Tensor, torch.Tensor> function, bool pooled = false) =>
        file.Record(name, [GoldenRecorder.Normal(2, 6, 5, 3)], x => pooled ? function(x[0].ChannelsFirst()) : function(x[0].ChannelsFirst()).ChannelsLast());
}
