using TorchSharp;

namespace Nabla.Conformance.Golden;

/// <summary>Moving elements: axes, slices, padding, joining, gathering and scattering.</summary>
internal static class IndexingGolden
{
    public static void Record(GoldenRecorder file)
    {
        RecordMoves(file);
        torch.Tensor repeated = torch.tensor([2L, 0, 3, 2, 2]);
        file.Record("gather rows", [GoldenRecorder.Normal(4, 3), repeated], x => x[0].index_select(0, x[1]));
        file.Record("gather along the middle", [GoldenRecorder.Normal(2, 4, 3), repeated], x => x[0].index_select(1, x[1]));
        file.Record("gather by a matrix", [GoldenRecorder.Normal(4, 3), torch.tensor(new long[] { 1, 3, 0, 0, 2, 1 }, 2, 3)], x => x[0].index_select(0, x[1].flatten()).reshape(2, 3, 3));
        file.Record("take along axis 1", [GoldenRecorder.Normal(2, 4), torch.tensor(new long[] { 3, 0, 0, 1, 1, 2 }, 2, 3)], x => x[0].gather(1, x[1]));
        file.Record("take along axis 0", [GoldenRecorder.Normal(3, 2), torch.tensor(new long[] { 2, 0, 1, 1 }, 2, 2)], x => x[0].gather(0, x[1]));
        file.Record("scatter-add rows", [GoldenRecorder.Normal(4, 3), repeated, GoldenRecorder.Normal(5, 3)], x => x[0].index_add(0, x[1], x[2], 1));
        file.Record("one-hot", [torch.tensor([2L, 0, 1, 3])], x => torch.nn.functional.one_hot(x[0], 5));
    }

    private static void RecordMoves(GoldenRecorder file)
    {
        file.Record("transpose 1 2 0", [GoldenRecorder.Normal(2, 3, 4)], x => x[0].permute(1, 2, 0));
        file.Record("slice", [GoldenRecorder.Normal(2, 5, 3)], x => x[0].slice(1, 1, 4, 1));
        file.Record("pad", [GoldenRecorder.Normal(2, 3)], x => torch.nn.functional.pad(x[0], [0, 0, 1, 2]));
        file.Record("concatenate", [GoldenRecorder.Normal(2, 3), GoldenRecorder.Normal(2, 1), GoldenRecorder.Normal(2, 4)], x => torch.cat([x[0], x[1], x[2]], 1));
        file.Record("stack", [GoldenRecorder.Normal(2, 3), GoldenRecorder.Normal(2, 3)], x => torch.stack([x[0], x[1]], 1));
        file.Record("second of a split", [GoldenRecorder.Normal(2, 6)], x => x[0].chunk(3, 1)[1]);
        file.Record("flip", [GoldenRecorder.Normal(2, 3, 2)], x => x[0].flip(0, 2));
        file.Record("roll", [GoldenRecorder.Normal(2, 5)], x => x[0].roll(2, 1));
        file.Record("tile", [GoldenRecorder.Normal(2, 3)], x => x[0].repeat(2, 3));
        file.Record("lower triangle", [GoldenRecorder.Normal(2, 4, 3)], x => x[0].tril(1));
        file.Record("upper triangle", [GoldenRecorder.Normal(4, 4)], x => x[0].triu(-1));
        file.Record("cumulative sum", [GoldenRecorder.Normal(2, 5, 2)], x => x[0].cumsum(1));
        file.Record("broadcast", [GoldenRecorder.Normal(3, 1)], x => x[0].expand(2, 3, 4));
    }
}
