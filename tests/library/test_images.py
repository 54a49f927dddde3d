"""Images: centred as MNIST's authors did, random distortions."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import images
from shared.datasets import load_mnist
from shared.images import augment, centre

seeds = st.integers(0, 2**32 - 1)

# ---------------------------------------------------------------- centre


def blob(height, width, top, left, size=140):
    drawing = np.zeros((size, size))
    drawing[top : top + height, left : left + width] = 1
    return drawing


def centre_of_mass(image):
    return [image.sum(axis=1 - k) @ np.arange(28) / image.sum() for k in (0, 1)]


def digit():
    """Return an image as MNIST has them: 20 pixels high, centre of mass nearest to (14, 14)."""
    rng = np.random.default_rng(0)
    image = np.zeros((28, 28))
    image[5:25, 7:19] = rng.random((20, 12)) * (rng.random((20, 12)) > 0.4)
    image[5, 9] = image[24, 16] = image[12, 7] = image[9, 18] = 1
    return np.roll(image, [round(14 - m) for m in centre_of_mass(image)], (0, 1))


def test_an_image_in_mnist_s_form_stays_as_it_is():
    np.testing.assert_allclose(centre(digit()), digit())


@pytest.mark.parametrize(("down", "right"), list(product([0, 3, 40], [0, 7, 60])))
def test_a_shifted_image_is_centred_again(down, right):
    drawing = np.zeros((100, 120))
    drawing[down : down + 28, right : right + 28] = digit()
    np.testing.assert_allclose(centre(drawing), digit())


@pytest.mark.parametrize("scale", [2, 3, 5])
def test_a_scaled_image_is_brought_back(scale):
    np.testing.assert_allclose(centre(np.kron(digit(), np.ones((scale, scale)))), digit(), atol=1e-9)


def test_every_mnist_image_is_a_fixed_point():
    images, _ = load_mnist("test")
    for column in range(0, 10_000, 50):
        image = images[:, column].reshape(28, 28) / 255
        if max(np.ptp(np.nonzero(image), axis=1)) == 19:
            np.testing.assert_allclose(centre(image), image / image.max(), atol=1e-9)


@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 40), st.integers(0, 40))
def test_any_rectangle_fits_keeps_its_shape_and_is_centred(height, width, top, left):
    image = centre(blob(height, width, top, left))
    assert image.shape == (28, 28)
    assert image.min() >= 0
    assert image.max() <= 1 + 1e-12
    rows, columns = (np.flatnonzero(image.any(axis=k)) for k in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) == 19
    assert abs((np.ptp(rows) + 1) - 20 * height / max(height, width)) <= 1
    for mass in centre_of_mass(image):
        assert 13.5 - 1e-9 <= mass <= 14.5 + 1e-9


def test_lopsided_ink_stays_inside_the_image():
    drawing = blob(100, 4, 20, 20)
    drawing[115:120, 20:100] = 1  # a heavy foot
    image, total = centre(drawing), drawing.sum() / 25
    assert image.sum() == pytest.approx(total, rel=1e-9)


def test_the_strength_of_the_ink_does_not_matter():
    np.testing.assert_allclose(centre(255 * digit()), centre(digit()))


def test_no_drawing_gives_zeros_and_bad_ones_an_error():
    assert not centre(np.zeros((140, 140))).any()
    with pytest.raises(ValueError, match=r"\(784,\)"):
        centre(np.zeros(784))
    with pytest.raises(ValueError, match="finite"):
        centre(np.full((28, 28), np.nan))
    with pytest.raises(ValueError, match="from 0"):
        centre(np.full((28, 28), -1))


# ---------------------------------------------------------------- augment

NOTHING = dict(shift=0, rotation=0, scale=0, shear=0, elastic=0)


def pictures(size, m, seed=0, dtype=np.float64, order="F"):
    X = np.random.default_rng(seed).random((size**2, m))
    return np.asarray(X, dtype=dtype, order=order)


@pytest.fixture
def places(monkeypatch):
    """A function: the places (rows, columns), relative to the centre, that a kind of map gives."""

    def record(X, rows, columns, group):
        recorded[:] = rows - 13.5, columns - 13.5
        return X

    recorded = []
    monkeypatch.setattr(images, "_look_up", record)

    def places(maps=400, **strength):
        augment(pictures(28, maps), np.random.default_rng(5), group=1, **NOTHING | strength)
        assert recorded[0].shape == recorded[1].shape == (maps, 28, 28)
        return recorded

    return places


ROW, COLUMN = np.mgrid[:28, :28] - 13.5


@given(
    size=st.integers(1, 9),
    m=st.integers(0, 70),
    group=st.integers(1, 40),
    dtype=st.sampled_from([np.float32, np.float64]),
    order=st.sampled_from("CF"),
    seed=seeds,
)
def test_a_map_of_no_strength_is_the_identity(size, m, group, dtype, order, seed):
    X = pictures(size, m, seed, dtype, order)
    result = augment(X, np.random.default_rng(seed), size, group, **NOTHING)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, X)


@given(
    size=st.integers(1, 8),
    down=st.integers(-10, 10),
    across=st.integers(-10, 10),
    m=st.integers(1, 7),
    group=st.integers(1, 8),
)
def test_a_shift_by_whole_pixels_rolls_and_fills_with_zeros(size, down, across, m, group):
    X = pictures(size, m)
    row, column = np.mgrid[:size, :size].astype(float)
    maps = -(-m // group)
    rows, columns = np.stack([row - down] * maps), np.stack([column - across] * maps)
    expected = np.roll(X.reshape(size, size, m), (down, across), axis=(0, 1))
    expected[(row < down) | (row >= size + down)] = 0
    expected[(column < across) | (column >= size + across)] = 0
    result = images._look_up(X, rows, columns, group)
    np.testing.assert_array_equal(result.reshape(size, size, m), expected)


@given(size=st.integers(1, 5), m=st.integers(1, 5), group=st.integers(1, 6), seed=seeds)
def test_looking_up_equals_the_definition_with_loops(size, m, group, seed):
    rng = np.random.default_rng(seed)
    X = pictures(size, m, seed)
    rows, columns = rng.uniform(-3, size + 2, (2, -(-m // group), size, size))
    result = images._look_up(X, rows, columns, group)
    for c in range(m):
        picture = X[:, c].reshape(size, size)
        for i in range(size):
            for j in range(size):
                r, k = rows[c // group, i, j], columns[c // group, i, j]
                # Every pixel counts with the share (1 − |distance down|)(1 − |distance across|).
                value = sum(
                    picture[p, q] * max(0, 1 - abs(p - r)) * max(0, 1 - abs(q - k))
                    for p in range(size)
                    for q in range(size)
                )
                assert result[i * size + j, c] == pytest.approx(value, abs=1e-12)


def test_shift_moves_each_map_as_a_whole_in_both_directions(places):
    down, across = (place - grid for place, grid in zip(places(shift=1.5), (ROW, COLUMN), strict=True))
    for moved in (down, across):
        assert np.ptp(moved, axis=(1, 2)).max() < 1e-12
        assert -1.5 <= moved.min() < -1.4 < 1.4 < moved.max() <= 1.5
        assert moved.mean() == pytest.approx(0, abs=0.1)
    assert abs(np.corrcoef(down[:, 0, 0], across[:, 0, 0])[0, 1]) < 0.15


def test_rotation_turns_about_the_centre(places):
    rows, columns = places(rotation=10)
    np.testing.assert_allclose(np.hypot(rows, columns) - np.hypot(ROW, COLUMN), 0, atol=1e-12)
    turn = np.angle((rows + 1j * columns) / (ROW + 1j * COLUMN), deg=True)
    assert np.ptp(turn, axis=(1, 2)).max() < 1e-10
    assert -10 <= turn.min() < -9.5 < 9.5 < turn.max() <= 10


def test_scale_resizes_about_the_centre(places):
    rows, columns = places(scale=0.1)
    size = ROW / rows
    np.testing.assert_allclose(COLUMN / columns, size)
    assert np.ptp(size, axis=(1, 2)).max() < 1e-12
    assert 0.9 <= size.min() < 0.91 < 1.09 < size.max() <= 1.1


def test_shear_moves_rows_in_proportion_to_the_column(places):
    rows, columns = places(shear=0.1)
    np.testing.assert_allclose(columns, np.broadcast_to(COLUMN, columns.shape))
    slant = (rows - ROW) / COLUMN
    assert np.ptp(slant, axis=(1, 2)).max() < 1e-12
    assert -0.1 <= slant.min() < -0.09 < 0.09 < slant.max() <= 0.1


def test_a_map_is_a_turn_of_a_slant_of_a_changed_size(places):
    rows, columns = places(rotation=10, scale=0.1, shear=0.1)
    pixels = np.stack([ROW.ravel(), COLUMN.ravel()])
    for row, column in zip(rows, columns, strict=True):
        place = np.stack([row.ravel(), column.ravel()])
        matrix = place @ np.linalg.pinv(pixels)
        np.testing.assert_allclose(matrix @ pixels, place, atol=1e-9)
        length, angle = np.hypot(*matrix[:, 0]), np.arctan2(matrix[1, 0], matrix[0, 0])
        assert abs(angle) <= np.radians(10)
        assert 1 / 1.1 <= length <= 1 / 0.9
        turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        slant = np.linalg.solve(turn, matrix) / length
        assert abs(slant[0, 1]) <= 0.1
        np.testing.assert_allclose(slant, [[1, slant[0, 1]], [0, 1]], atol=1e-12)


def test_elastic_displacements_are_smooth_and_of_the_promised_size(places):
    moves = [place - grid for place, grid in zip(places(elastic=1.2, maps=3000), (ROW, COLUMN), strict=True)]
    assert abs((moves[0] * moves[1]).mean()) < 0.02  # down and across are independent
    for moved in moves:
        # The amplitude is even from 0 to 1.2: its square is 1.2²/3 on average, in every pixel.
        np.testing.assert_allclose(np.sqrt((moved**2).mean(axis=0)), 1.2 / np.sqrt(3), rtol=0.12)
        np.testing.assert_allclose(moved.mean(axis=0), 0, atol=0.06)
        # Noise smoothed by a Gaussian of width σ correlates like exp(−d²/4σ²) over a distance d.
        middle = moved[:, 8:20, 8:20]
        for distance in (1, 4, 8):
            for lines in (middle, middle.swapaxes(1, 2)):
                product = (lines[:, distance:] * lines[:, :-distance]).mean() / (lines**2).mean()
                assert product == pytest.approx(np.exp(-(distance**2) / 64), abs=0.05)


def test_sigma_sets_how_far_the_displacements_reach(places):
    roughness = []
    for sigma in (1, 4, 16):
        down = places(elastic=1.2, sigma=sigma)[0] - ROW
        roughness.append(np.abs(np.diff(down, axis=1)).mean() / down.std())
    assert roughness[0] > 2 * roughness[1] > 4 * roughness[2]


def test_each_group_of_columns_has_one_map_of_its_own():
    X = np.repeat(load_mnist("test")[0][:, :1] / 255, 70, axis=1)
    result = augment(X, np.random.default_rng(0))
    first, second, third = result[:, :32], result[:, 32:64], result[:, 64:]
    for part in (first, second, third):
        assert (part == part[:, :1]).all()
    assert not np.allclose(first[:, 0], second[:, 0], atol=0.1)
    assert not np.allclose(second[:, 0], third[:, 0], atol=0.1)
    assert len(np.unique(augment(X, np.random.default_rng(0), group=1), axis=1).T) == 70


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("m", [1, 31, 32, 33, 128, 130])
def test_augment_repeats_keeps_type_and_shape_and_leaves_its_input_alone(dtype, m):
    X = np.asfortranarray(load_mnist("validation")[0][:, :m] / dtype(255))
    before = X.copy()
    X.flags.writeable = False
    result = augment(X, np.random.default_rng(3))
    assert result.shape == (784, m)
    assert result.dtype == dtype
    assert not np.shares_memory(result, X)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(augment(X, np.random.default_rng(3)), result)
    np.testing.assert_array_equal(augment(np.ascontiguousarray(X), np.random.default_rng(3)), result)
    assert not np.array_equal(augment(X, np.random.default_rng(4)), result)
    assert result.min() >= 0
    assert result.max() <= 1 + 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maps_are_made_in_the_type_of_the_pictures(monkeypatch, dtype):
    types = []
    monkeypatch.setattr(images, "_look_up", lambda X, *places: types.extend(places[:2]))
    augment(pictures(28, 40, dtype=dtype), np.random.default_rng(0))
    assert [place.dtype for place in types] == [dtype, dtype]


def test_augmented_digits_keep_their_ink_and_stay_near_their_place():
    X = load_mnist("validation")[0][:, :2000] / np.float32(255)
    result = augment(X, np.random.default_rng(0), group=1)
    assert result.mean() == pytest.approx(X.mean(), rel=0.05)
    ink = result.sum(axis=0) / X.sum(axis=0)
    low, high = np.percentile(ink, [1, 99])
    assert 0.65 < low < 0.9 < 1.1 < high < 1.5
    for grid in (ROW, COLUMN):
        moved = grid.ravel() @ result / result.sum(axis=0) - grid.ravel() @ X / X.sum(axis=0)
        assert abs(moved.mean()) < 0.1
        assert 0.5 < moved.std() < 1.5
        assert np.abs(moved).max() < 5


def test_augment_names_what_does_not_fit():
    rng, X = np.random.default_rng(0), pictures(28, 4)
    for wrong in (load_mnist("test")[0][:, :4], X.astype(np.float16), X > 0.5):
        with pytest.raises(TypeError, match=f"not {wrong.dtype}: scale it first, X / 255 say"):
            augment(wrong, rng)
    for shape, size in (((783, 4), 28), ((784,), 28), ((784, 4, 1), 28), ((784, 4), 27)):
        expected = re.escape(f"must have shape ({size**2}, m), one image per column, not {shape}")
        with pytest.raises(ValueError, match=expected):
            augment(np.zeros(shape), rng, size)
    for group in (0, -1, 1.5):
        with pytest.raises(ValueError, match=f"group must be a whole number from 1 on, not {group}"):
            augment(X, rng, group=group)
    for size in (0, 28.0):
        with pytest.raises(ValueError, match=f"size must be a whole number from 1 on, not {size}"):
            augment(X, rng, size=size)
    for strength in (dict(sigma=0), dict(sigma=np.nan), dict(scale=1), dict(scale=-0.1)):
        with pytest.raises(ValueError, match="sigma must be above 0 and scale in"):
            augment(X, rng, **strength)
    with pytest.raises(ValueError, match=r"rng must be a np\.random\.Generator"):
        augment(X, 0)
